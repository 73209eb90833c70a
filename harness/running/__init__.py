"""From a request, through jobs in processes here or on a cluster, to records."""
