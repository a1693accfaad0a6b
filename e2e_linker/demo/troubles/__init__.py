"""One function for each entry; see :mod:`e2e_linker.demo.catalogue`."""
