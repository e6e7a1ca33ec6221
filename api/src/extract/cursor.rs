//! Keyset pages: a cursor is opaque and holds only for the sorting and filter that it was made for.

use axum::{extract::FromRequestParts, http::request::Parts};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::Query;
use crate::problem::Problem;

/// Page size when none is asked for.
const DEFAULT_LIMIT: u16 = 50;
/// Largest page.
const MAX_LIMIT: u16 = 200;

/// The query parameters of a page, for the API document.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// `next_cursor` of the page before; absent for the first page.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Number of items, 50 unless given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
}

/// Which part of a list is wanted.
#[derive(Debug)]
pub struct Page {
    /// Number of items, 1 to 200.
    pub limit: i64,
    cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `null` on the last page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Token<K> {
    /// Fingerprint of sorting and filter.
    s: String,
    /// Key of the last item.
    k: K,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(params) = Query::<PageParams>::from_request_parts(parts, state).await?;
        let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Problem::bad_request(
                "invalid_limit",
                format!("`limit` is a number from 1 to {MAX_LIMIT}."),
            ));
        }
        Ok(Self {
            limit: i64::from(limit),
            cursor: params.cursor.filter(|c| !c.is_empty()),
        })
    }
}

impl Page {
    /// The key after which this page begins. `scope` is a text that tells sorting and filter apart.
    ///
    /// # Errors
    /// 400 `invalid_cursor` when the cursor is damaged or belongs to another sorting or filter.
    pub fn after<K: DeserializeOwned>(&self, scope: &str) -> Result<Option<K>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let wrong = || {
            Problem::bad_request(
                "invalid_cursor",
                "The cursor belongs to another list. Start again without it.",
            )
        };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
        let token: Token<K> = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        // PostgreSQL holds no text with a zero byte; no list gave this cursor out.
        if bytes.windows(6).any(|part| part == br"\u0000") {
            return Err(wrong());
        }
        if token.s == fingerprint(scope) {
            Ok(Some(token.k))
        } else {
            Err(wrong())
        }
    }

    /// The cursor of the page that begins after `key`.
    pub fn cursor_for<K: Serialize>(&self, scope: &str, key: &K) -> Option<String> {
        let token = Token {
            s: fingerprint(scope),
            k: key,
        };
        serde_json::to_vec(&token).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
    }

    /// Makes a page of what a query found. The query asks for [`Page::fetch`] rows: the extra one tells whether more follow.
    pub fn list<R, T, K: Serialize>(
        &self,
        scope: &str,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        item: impl FnMut(R) -> T,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| more)
            .and_then(|row| self.cursor_for(scope, &key(row)));
        List {
            items: rows.into_iter().map(item).collect(),
            next_cursor,
        }
    }

    /// How many rows a query should ask for.
    #[must_use]
    pub const fn fetch(&self) -> i64 {
        self.limit + 1
    }
}

fn fingerprint(scope: &str) -> String {
    let digest = Sha256::digest(scope.as_bytes());
    URL_SAFE_NO_PAD.encode(&digest[..9])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_for_its_own_list_only() {
        let first = Page { limit: 2, cursor: None };
        let list = first.list("state=open", vec![1, 2, 3], |n| *n, |n| n);
        assert_eq!(list.items, [1, 2]);
        let second = Page {
            limit: 2,
            cursor: list.next_cursor,
        };
        assert_eq!(second.after::<i32>("state=open").unwrap(), Some(2));
        assert!(second.after::<i32>("state=closed").is_err());
        assert!(
            Page {
                limit: 2,
                cursor: Some("%%".into())
            }
            .after::<i32>("state=open")
            .is_err()
        );
        assert!(second.list("state=open", vec![3], |n| *n, |n| n).next_cursor.is_none());
    }
}
