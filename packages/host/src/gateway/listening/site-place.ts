import type { ConnectionLimits, SiteEntrant } from './connection-limits.ts';

/** The site that a connection is counted for: the one of its last request. */
export class SitePlace implements SiteEntrant {
  /** -1 = none. */
  private site = -1;
  /** The site whose answer is awaited; -1 = none. */
  private asked = -1;
  private readonly limits: ConnectionLimits;
  private readonly answered: (entered: boolean) => void;

  /** `answered` follows `asked`. */
  constructor(limits: ConnectionLimits, answered: (entered: boolean) => void) {
    this.limits = limits;
    this.answered = answered;
  }

  enter(site: number): 'taken' | 'asked' | 'refused' {
    if (site === this.site) return 'taken';
    this.leave();
    const place = this.limits.enterSite(site, this);
    if (place === 'taken') this.site = site;
    else if (place === 'asked') this.asked = site;
    return place;
  }

  siteAnswered(entered: boolean): void {
    if (entered) this.site = this.asked;
    this.asked = -1;
    this.answered(entered);
  }

  leave(): void {
    if (this.site !== -1) this.limits.leaveSite(this.site);
    if (this.asked !== -1) this.limits.abandonSite(this.asked, this);
    this.site = this.asked = -1;
  }
}
