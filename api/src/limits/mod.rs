//! How many requests of a kind one caller may send in a minute: counted in this process, and added up over all processes a few
//! times a second. No request waits for that, and without the place where counts are added up each process counts alone.

mod class;
mod count;
mod shared;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use uuid::Uuid;

pub use class::{Class, Rates, Setting, setting};
use count::Count;
pub use count::{Taken, WINDOW};
pub use shared::Shared;

/// Parts of the table, each with a lock of its own.
const SHARDS: usize = 16;
/// Callers that one part remembers; beyond that, those of the present minute are forgotten.
const CAPACITY: usize = 8192;

/// Who is counted: a person, a program's token, or a network when nobody has proved who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The account, or the API token.
    Id(Uuid),
    /// An IPv4 address, or an IPv6 network of 64 bits: whoever has one has all of it.
    Address(IpAddr),
    /// A connection without an address.
    Nowhere,
}

impl Who {
    /// The caller at this address.
    #[must_use]
    pub fn at(ip: Option<IpAddr>) -> Self {
        match ip {
            Some(IpAddr::V6(ip)) => {
                let network = u128::from(ip) & (u128::MAX << 64);
                Self::Address(IpAddr::V6(network.into()))
            }
            Some(ip) => Self::Address(ip),
            None => Self::Nowhere,
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Address(ip) => write!(f, "{ip}"),
            Self::Nowhere => f.write_str("nowhere"),
        }
    }
}

type Key = (Class, Who);

/// The counts of one process.
#[derive(Debug)]
pub struct Limits {
    rates: Rates,
    shards: [Mutex<HashMap<Key, Count>>; SHARDS],
    /// Somebody is quick: what he did should be known to the other processes soon.
    quick: Notify,
}

impl Limits {
    /// With these rates.
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            shards: std::array::from_fn(|_| Mutex::default()),
            quick: Notify::new(),
        }
    }

    /// Requests of this class in a minute; `None` when there is no limit.
    #[must_use]
    pub const fn of(&self, class: Class) -> Option<u32> {
        self.rates.of(class)
    }

    /// Counts a request, unless it is one too many. `None` when there is no limit.
    pub fn take(&self, class: Class, who: Who, now: DateTime<Utc>) -> Option<Taken> {
        let limit = self.of(class)?;
        let key = (class, who);
        let mut shard = self.shard(&key);
        if shard.len() >= CAPACITY && !shard.contains_key(&key) {
            shard.retain(|_, count| count.is_recent(now));
            if shard.len() >= CAPACITY {
                shard.clear();
            }
        }
        let count = shard.entry(key).or_default();
        let taken = count.take(limit, now);
        let quick = count.unshared() == limit / 8 + 1;
        drop(shard);
        if quick {
            self.quick.notify_one();
        }
        Some(taken)
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, Count>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let n = usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or(0);
        lock(&self.shards[n])
    }
}

fn lock(shard: &Mutex<HashMap<Key, Count>>) -> MutexGuard<'_, HashMap<Key, Count>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_for_its_network() {
        let who = |ip: &str| Who::at(Some(ip.parse().unwrap()));
        assert_eq!(who("2001:db8::1"), who("2001:db8::ffff:1"));
        assert_ne!(who("2001:db8::1"), who("2001:db8:0:1::1"));
        assert_ne!(who("10.0.0.1"), who("10.0.0.2"));
    }

    #[test]
    fn callers_and_classes_are_counted_apart_and_strangers_without_number_take_no_memory() {
        let limits = Limits::new(Rates::default().with([Setting::Rate(Class::Writes, 1)]));
        let now = Utc::now();
        let (one, other) = (Who::Id(Uuid::now_v7()), Who::Id(Uuid::now_v7()));
        assert!(limits.take(Class::Writes, one, now).unwrap().granted);
        assert!(!limits.take(Class::Writes, one, now).unwrap().granted);
        assert!(limits.take(Class::Reads, one, now).unwrap().granted);
        assert!(limits.take(Class::Writes, other, now).unwrap().granted);
        for n in 0..300_000_u32 {
            limits.take(Class::Reads, Who::at(Some(IpAddr::V4(n.into()))), now);
        }
        let kept: usize = limits.shards.iter().map(|shard| lock(shard).len()).sum();
        assert!(kept <= SHARDS * CAPACITY);
        assert!(Limits::new(Rates::off()).take(Class::Writes, one, now).is_none());
    }
}
