"""Reports: one self-contained page of sections, tables and figures, with the CSV files behind them."""

from seqaug_sklearn.reporting._page import Section, file_name, write_page, write_report

__all__ = ["Section", "file_name", "write_page", "write_report"]
