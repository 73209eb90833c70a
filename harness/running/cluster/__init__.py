"""The same jobs on a Dask cluster: joined, checked, handed the dataset, and listened to."""
