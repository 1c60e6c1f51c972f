"""LangGraph Studio: the graphs that are served, and slots of runs as their threads."""
