"""Reading and writing of the files of other programs: what a plugin with a file format needs.

A format is a plugin, a subclass of `FileFormat`. Its methods get an `InputFile` or an `OutputFile`, and read text with a `Scanner`.
``cn.read_examples``, ``cn.write_examples``, ``cn.read_network``, ``cn.write_network``, ``cn.read_weights`` and ``cn.write_weights`` find
the format of a file and call its methods.
"""

from connectionist.formats.file_format import FileFormat
from connectionist.formats.input_file import InputFile
from connectionist.formats.numbers import count_words, parse_numbers
from connectionist.formats.output_file import OutputFile
from connectionist.formats.scanner import Scanner

__all__ = ["FileFormat", "InputFile", "OutputFile", "Scanner", "count_words", "parse_numbers"]
