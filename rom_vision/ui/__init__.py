"""The app: thin Streamlit pages over the package."""
