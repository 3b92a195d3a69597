"""Real HTTP clients, each as it comes, against a running server (`tox -e clients`)."""
