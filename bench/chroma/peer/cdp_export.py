"""cdp's own command `cdp export`, with the least that makes it run beside a current Chroma client.

Its entry point imports commands that need langchain and datasets, which an export does not: only the export is imported here.
The last line on standard output is how many seconds the export took, without Python's start and its imports.
"""

import functools
import time

import typer
from chroma_dp.chroma.chroma_export import chroma_export_cli


@functools.wraps(chroma_export_cli)
def timed_export(*args, **kwargs):
    begin = time.perf_counter()
    chroma_export_cli(*args, **kwargs)
    print(time.perf_counter() - begin)


app = typer.Typer()
app.command(name="export")(timed_export)
# With one command typer leaves its name out; a second one, which is never called, keeps cdp's command line as it is.
app.command(name="none")(lambda: None)

if __name__ == "__main__":
    app()
