"""The fork server of the Python tool, its jail, and the launcher that puts other programs into the same jail."""
