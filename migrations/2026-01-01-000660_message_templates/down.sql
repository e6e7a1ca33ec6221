DROP TABLE message_template_versions, message_templates;
