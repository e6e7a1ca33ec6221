export { ArticleListPage } from "./article-list";
export { ArticlePage, NewArticlePage } from "./article-page";
export { KnowledgeSectionsPage } from "./sections-page";
