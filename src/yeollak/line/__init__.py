"""The exchange of parcels between nodes: protocol, server, client, courier and recovery.

It carries bytes that others have signed and keeps at it until they are receipted. It never judges an act:
what a parcel means is settled in `office`, after the receipt.
"""
