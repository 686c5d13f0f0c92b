"""What every document is made with: fonts, PDF, Word, Excel, and pictures without a browser."""
