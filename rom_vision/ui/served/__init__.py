"""What Streamlit runs. Apart from the pages, for a folder ``pages`` beside its script would be taken for its own."""
