"""Links made while a source is read: births to antenatal records, and rows without a person's number to children."""
