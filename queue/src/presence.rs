//! Who is where at this moment. Redis alone knows it, and only for as long as each says so again: nothing of it is worth a write to the
//! database, and when Redis forgets it nobody is shown.

use std::{sync::LazyLock, time::Duration};

use redis::Script;

use crate::{Transport, TransportError};

/// Notes somebody, by the server's own clock, and tells it unless nothing is new.
static ATTEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"local now = redis.call('TIME')
          local ms = now[1] * 1000 + math.floor(now[2] / 1000)
          local before = redis.call('HGET', KEYS[1], ARGV[1])
          redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f|%s', ms + ARGV[3], ARGV[2]))
          redis.call('PEXPIRE', KEYS[1], ARGV[3])
          if before then
              local ends, what = string.match(before, '^(%d+)|(.*)$')
              if ends and tonumber(ends) > ms and what == ARGV[2] then return 0 end
          end
          redis.call('PUBLISH', KEYS[2], ARGV[4])
          return 1",
    )
});

static LEAVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"local gone = redis.call('HDEL', KEYS[1], ARGV[1])
          if gone == 1 then redis.call('PUBLISH', KEYS[2], ARGV[2]) end
          return gone",
    )
});

static PRESENT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"local now = redis.call('TIME')
          local ms = now[1] * 1000 + math.floor(now[2] / 1000)
          local all = redis.call('HGETALL', KEYS[1])
          local found = {}
          for n = 1, #all, 2 do
              local ends, what = string.match(all[n + 1], '^(%d+)|(.*)$')
              if ends and tonumber(ends) > ms then
                  found[#found + 1] = all[n]
                  found[#found + 1] = what
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

    /// Notes that somebody is at a place and what he does there, for so long. Others are told when that is new. True when it was.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn attend(&self, place: &str, who: &str, what: &str, kept: Duration) -> Result<bool, TransportError> {
        let new: i64 = ATTEND
            .key(self.presence_key(place))
            .key(self.presence_channel())
            .arg(who)
            .arg(what)
            .arg(u64::try_from(kept.as_millis()).unwrap_or(u64::MAX))
            .arg(place)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(new == 1)
    }

    /// Notes that somebody has left. True when he was there.
    ///
    /// # Errors
    /// When Redis is away; he is forgotten in time.
    pub async fn leave(&self, place: &str, who: &str) -> Result<bool, TransportError> {
        let gone: i64 = LEAVE
            .key(self.presence_key(place))
            .key(self.presence_channel())
            .arg(who)
            .arg(place)
            .invoke_async(&mut self.connection())
            .await?;
        Ok(gone == 1)
    }

    /// Who is there, each with what he does.
    ///
    /// # Errors
    /// When Redis is away.
    pub async fn present(&self, place: &str) -> Result<Vec<(String, String)>, TransportError> {
        let flat: Vec<String> = PRESENT
            .key(self.presence_key(place))
            .invoke_async(&mut self.connection())
            .await?;
        let pairs = flat.chunks_exact(2);
        Ok(pairs.map(|pair| (pair[0].clone(), pair[1].clone())).collect())
    }
}
