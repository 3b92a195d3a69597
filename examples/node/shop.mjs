// The client under test: a shop with customers at NewStore.

const PROFILES = "/v1/d/pii/profiles";

export class Shop {
  constructor(url, headers) {
    this.url = url;
    this.headers = { ...headers, "Content-Type": "application/json" };
  }

  /** The id of the one profile with that email; tried again where a server fails or hangs up. */
  async getOrCreate(email, tries = 3) {
    for (let left = tries - 1; ; left--) {
      try {
        const answer = await fetch(this.url + PROFILES, {
          method: "POST",
          headers: this.headers,
          body: JSON.stringify({ email }),
        });
        if (answer.ok) return (await answer.json()).id;
        if (answer.status < 500 || !left) throw new Error(`${answer.status}`);
      } catch (error) {
        if (!(error instanceof TypeError) || !left) throw error; // fetch throws a TypeError for a lost connection
      }
    }
  }

  async isThere(id) {
    const answer = await fetch(`${this.url}${PROFILES}/${id}`, { headers: this.headers });
    return answer.status === 200;
  }

  async requestDeletion(id) {
    const answer = await fetch(`${this.url}${PROFILES}/${id}/delete`, { method: "POST", headers: this.headers });
    if (answer.status !== 202) throw new Error(`${answer.status}`);
  }
}
