"""`python -m tweetarc` is the command."""
import os
import signal
import subprocess
import sys

from . import Error, find_command


def main() -> None:
    try:
        command = [find_command(), *sys.argv[1:]]
    except Error as e:
        sys.exit(f"tweetarc: {e}")
    if sys.platform != "win32":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command gets Ctrl-C too, and ends by itself
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
