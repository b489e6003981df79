"""The live test: engines without Streamlit, pictures in, drawn pictures and spoken cues out."""
