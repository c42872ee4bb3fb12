"""``python -m seqaug_sklearn``: the program ``seqaug``, where its script is not on the path."""

from seqaug_sklearn.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
