"""`python -m medassay`."""

from medassay.cli import main

main()
