"""The phone: engines, the loopback proxy between them and the network, and what is recorded of a page."""
