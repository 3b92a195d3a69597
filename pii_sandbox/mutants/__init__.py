"""The mock with one rule broken at a time: each of its rules' scenarios must notice."""
