import click


@click.command()
def data() -> None: ...
