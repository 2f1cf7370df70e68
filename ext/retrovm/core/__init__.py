"""The common bus and device interface. Other packages cimport it; see `retrovm.get_include`."""
