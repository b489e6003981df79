"""Results for people and for other programs: pictures, pages, tables and exchange files."""
