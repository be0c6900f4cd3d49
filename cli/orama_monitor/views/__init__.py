"""What an operator looks at: one Rich renderable a file, shared by the one-shot commands and the live view."""
