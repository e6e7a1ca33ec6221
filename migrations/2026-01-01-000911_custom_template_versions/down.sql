DROP TABLE custom_template_versions;
