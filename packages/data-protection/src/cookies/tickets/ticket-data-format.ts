import type { DataProtector } from '../../protection/data-protector.ts';
import type { AuthenticationProperties } from './authentication-properties.ts';
import type { AuthenticationTicket } from './authentication-ticket.ts';
import { propertiesSerializer } from './properties-serializer.ts';
import { SecureDataFormat } from './secure-data-format.ts';
import { ticketSerializer } from './ticket-serializer.ts';

/**
 * Tickets as text, as cookies and bearer tokens hold them. Says nothing of the expiry: that is `hasExpired`'s to find.
 *
 *     new TicketDataFormat(provider.createProtector(...cookiePurposes('Cookies')))
 */
export class TicketDataFormat extends SecureDataFormat<AuthenticationTicket> {
  constructor(protector: DataProtector) {
    super(ticketSerializer, protector);
  }
}

/** Properties as text, as `state` of OAuth and OpenID Connect holds them. */
export class PropertiesDataFormat extends SecureDataFormat<AuthenticationProperties> {
  constructor(protector: DataProtector) {
    super(propertiesSerializer, protector);
  }
}
