"""Applications that were answered in another form, for example Google Forms, and come as a file.

``reading`` makes rows of text of the file, ``mapping`` says which column is which answer,
``values`` what a cell means, ``checking`` what is wrong with each row. Nothing here writes
applications: that is ``applications.services.imports``.
"""
