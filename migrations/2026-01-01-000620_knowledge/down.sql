DROP TABLE knowledge_solved, knowledge_votes, knowledge_images, knowledge_revisions, knowledge_texts, knowledge_articles, knowledge_sections;
