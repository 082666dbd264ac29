"""The peer on gunicorn: answers what the Java servers answer."""
import pathlib

version = (pathlib.Path(__file__).parent / "release.txt").read_text()
body = f"hello from {version}\n".encode()


def application(environ, start_response):
    start_response("200 OK", [("X-Version", version), ("Content-Length", str(len(body)))])
    return [body]
