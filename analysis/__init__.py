"""What follows from the answers: estimates, their protection, and the release that may be shown."""

#: Goes into every release: the same extract, plan and version give the same bytes.
__version__ = "0.1.0"
