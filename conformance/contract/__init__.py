"""What a response must be by its OpenAPI document: operations, schemas, checks."""
