/** A short link: the last part of its address, where it leads, and when it was made. */
export type Link = { slug: string; url: string; madeAt: Date };

export type Store = {
  /** Throws when the slug is taken. */
  save: (link: Link) => void;
  find: (slug: string) => Link | undefined;
  /** Oldest first. */
  all: () => Link[];
};

/** Keeps links in memory; a database can take its place. */
export function createStore(): Store {
  const links = new Map<string, Link>();
  return {
    save: (link) => {
      if (links.has(link.slug)) throw new Error(`the slug "${link.slug}" is taken`);
      links.set(link.slug, link);
    },
    find: (slug) => links.get(slug),
    all: () => [...links.values()],
  };
}
