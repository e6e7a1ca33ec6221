//! Readers of single fields of a body, for what serde lets pass.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value};

/// A value that may be null and has to be said: forgotten, it would be taken for a wish.
///
/// # Errors
/// When it is missing, which serde lets pass without this.
pub fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(deserializer)
}

/// A value of a change, where null says that there is to be none and what is absent stays; with `default`.
///
/// # Errors
/// When it is not understood.
pub fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An object of which every field is known. For what is read from a query as well, where other parameters stand beside it.
///
/// # Errors
/// When it has another field, or one that is not understood.
pub fn known<'de, D: Deserializer<'de>, T: DeserializeOwned + Serialize + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let given = Map::<String, Value>::deserialize(deserializer)?;
    let all = serde_json::to_value(T::default()).map_err(D::Error::custom)?;
    match given.keys().find(|key| all.get(key).is_none()) {
        Some(key) => Err(D::Error::custom(format!("unknown field `{key}`"))),
        None => serde_json::from_value(Value::Object(given)).map_err(D::Error::custom),
    }
}
