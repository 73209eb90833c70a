"""Jobs on a Dask cluster: it is joined and checked, and sent the dataset and the jobs."""
