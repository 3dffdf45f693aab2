"""Pathways: rules that receiving organisations publish, written in a form and read by everybody."""
