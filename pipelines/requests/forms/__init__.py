"""The form of a request as an Excel file: written for one respondent, and read back cell by cell."""
