DROP TABLE custom_templates;
