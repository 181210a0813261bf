"""The API's views: thin, over the same services as the pages."""
