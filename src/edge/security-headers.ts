import helmet from 'helmet';

/**
 * What browsers are told with every answer, whoever writes it: nothing but our own files, no inline script or style, no string that
 * becomes script (Trusted Types), no frame around us, no other origin that embeds an answer or shares a window with it, HTTPS for
 * two years (only heard over HTTPS), and addresses that are told to nobody. A page may narrow the policy.
 */
export const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'"],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
    },
  },
  strictTransportSecurity: { maxAge: 2 * 365 * 86_400, includeSubDomains: true },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  referrerPolicy: { policy: 'no-referrer' },
  xFrameOptions: { action: 'deny' },
});
