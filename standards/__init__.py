"""What the standards say: codes, credential formats, protocol messages.

Pure: bytes and values in, values out. No Flask, no database, no network, no environment, no clock (an instant is
an argument).
"""
