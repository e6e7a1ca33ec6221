//! Who is where at this moment. Redis alone knows it, and only for as long as each says so again: nothing of it is worth a write to the
//! database, and when Redis forgets it nobody is shown.
//!
//! A place is one hash with a field for each page that somebody has open there, so that two pages of one person do not take each other's
//! word. What is told and shown is one thing for each person: the greatest of what his pages do.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use redis::Script;

use crate::{Transport, TransportError};

/// A page that somebody has open.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Whose it is.
    pub who: &'a str,
    /// Which of his.
    pub page: &'a str,
}

impl Page<'_> {
    fn field(self) -> String {
        format!("{}|{}", self.who, self.page)
    }
}

/// What somebody does, by the server's own clock, over all his pages; what is over is forgotten. `-1` when he is not there.
const GREATEST: &str = r"
    local function greatest(who)
        local now = redis.call('TIME')
        local ms = now[1] * 1000 + math.floor(now[2] / 1000)
        local all = redis.call('HGETALL', KEYS[1])
        local found = -1
        for n = 1, #all, 2 do
            local ends, doing = string.match(all[n + 1], '^(%d+)|(%d+)$')
            if not ends or tonumber(ends) <= ms then
                redis.call('HDEL', KEYS[1], all[n])
            elseif string.match(all[n], '^(.*)|') == who then
                found = math.max(found, tonumber(doing))
            end
        end
        return found, ms
    end
";

/// Notes a page, and tells it unless nothing is new of its person.
static ATTEND: LazyLock<Script> = LazyLock::new(|| {
    let rest = r"
        local before, ms = greatest(ARGV[1])
        redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f|%d', ms + ARGV[4], ARGV[3]))
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
        if greatest(ARGV[1]) == before then return 0 end
        redis.call('PUBLISH', KEYS[2], ARGV[5])
        return 1";
    Script::new(&[GREATEST, rest].concat())
});

static LEAVE: LazyLock<Script> = LazyLock::new(|| {
    let rest = r"
        local before = greatest(ARGV[1])
        redis.call('HDEL', KEYS[1], ARGV[2])
        if greatest(ARGV[1]) == before then return 0 end
        redis.call('PUBLISH', KEYS[2], ARGV[3])
        return 1";
    Script::new(&[GREATEST, rest].concat())
});

static PRESENT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"local now = redis.call('TIME')
          local ms = now[1] * 1000 + math.floor(now[2] / 1000)
          local all = redis.call('HGETALL', KEYS[1])
          local found = {}
          for n = 1, #all, 2 do
              local ends, doing = string.match(all[n + 1], '^(%d+)|(%d+)$')
              local who = string.match(all[n], '^(.*)|')
              if who and ends and tonumber(ends) > ms then
                  found[#found + 1] = who
                  found[#found + 1] = doing
              end
          end
          return found",
    )
});

impl Transport {
    pub(crate) fn presence_channel(&self) -> String {
        format!("{}:presence", self.prefix())
    }

    fn presence_key(&self, place: &str) -> String {
        format!("{}:presence:{place}", self.prefix())
    }

    /// Notes that somebody has a page open at a place and what he does there, for so long: a number, and of all that his pages do the
    /// greatest counts. Others are told when that changed. True when it did.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn attend(&self, place: &str, page: Page<'_>, doing: u8, kept: Duration) -> Result<bool, TransportError> {
        let new: i64 = ATTEND
            .key(self.presence_key(place))
            .key(self.presence_channel())
            .arg(page.who)
            .arg(page.field())
            .arg(doing)
            .arg(u64::try_from(kept.as_millis()).unwrap_or(u64::MAX))
            .arg(place)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(new == 1)
    }

    /// Notes that a page was closed. True when its person does something else by that, or is gone.
    ///
    /// # Errors
    /// When Redis is away; the page is forgotten in time.
    pub async fn leave(&self, place: &str, page: Page<'_>) -> Result<bool, TransportError> {
        let new: i64 = LEAVE
            .key(self.presence_key(place))
            .key(self.presence_channel())
            .arg(page.who)
            .arg(page.field())
            .arg(place)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(new == 1)
    }

    /// Who is there, each with the greatest of what he does.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn present(&self, place: &str) -> Result<BTreeMap<String, u8>, TransportError> {
        let pages: Vec<(String, u8)> = PRESENT
            .key(self.presence_key(place))
            .invoke_async(&mut self.connection())
            .await?;
        let mut there = BTreeMap::new();
        for (who, doing) in pages {
            let greatest = there.entry(who).or_insert(doing);
            *greatest = doing.max(*greatest);
        }
        Ok(there)
    }
}
