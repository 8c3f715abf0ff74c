/** People read `localhost`; the two loopback addresses behind it are one thing to them. */
export function browserUrls(urls: readonly string[]): readonly string[] {
  return [...new Set(urls.map((url) => url.replace(/^(https?:\/\/)(?:127\.0\.0\.1|\[::1\])(?=[:/])/, '$1localhost')))];
}
