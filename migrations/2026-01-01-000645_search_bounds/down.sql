DROP FUNCTION ticket_vectors(text, text);
