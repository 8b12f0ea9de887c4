/** What mends something, by where it is: the lines to have there, or what is to go. */
export interface Remedy {
  readonly app?: readonly string[];
  readonly nginx?: readonly string[];
  readonly haproxy?: readonly string[];
  readonly alb?: readonly string[];
}

export type RemedyName =
  | 'buffering'
  | 'compression'
  | 'upgrade'
  | 'host'
  | 'foreign'
  | 'nodes'
  | 'place'
  | 'query'
  | 'cache'
  | 'idle';

export const remedies: Readonly<Record<RemedyName, Remedy>> = {
  buffering: {
    nginx: ['proxy_http_version 1.1;', 'proxy_buffering off;', 'and no proxy_ignore_headers X-Accel-Buffering;'],
    haproxy: ['no http-response wait-for-body'],
    alb: ['holds nothing back: look at what stands before and behind it (CloudFront, a WAF that reads bodies)'],
  },
  compression: {
    nginx: ['gzip off;', 'or gzip_types without text/event-stream'],
    haproxy: ['compression type … without text/event-stream'],
    alb: ['does not compress; in CloudFront: Compress objects automatically: No'],
  },
  upgrade: {
    app: ['rt.attach(server)  // upgrades do not go through the framework'],
    nginx: [
      'map $http_upgrade $rt_connection { default upgrade; "" ""; }',
      'proxy_http_version 1.1;',
      'proxy_set_header Upgrade $http_upgrade;',
      'proxy_set_header Connection $rt_connection;',
    ],
    haproxy: ['mode http  # and no http-request del-header Upgrade or Connection, no option httpclose'],
    alb: ['the target group’s protocol version is HTTP1'],
  },
  host: {
    nginx: ['proxy_set_header Host $http_host;'],
    haproxy: ['no http-request set-header Host'],
    alb: ['routing.http.preserve_host_header.enabled = true'],
  },
  foreign: {
    app: ["auth: { origins: 'same' }  // or a list of the sites that may"],
    nginx: ['no proxy_set_header Origin or Sec-Fetch-Site'],
    haproxy: ['no http-request del-header or set-header of Origin or Sec-Fetch-Site'],
  },
  nodes: {
    app: ['createHub({ broker: redisBroker({ redis }) })  // the same for all nodes'],
    nginx: ['until then: upstream rt { ip_hash; … }'],
    haproxy: ['until then: balance source'],
    alb: ['until then: stickiness.enabled = true'],
  },
  place: {
    nginx: [
      'no proxy_set_header Last-Event-ID',
      'proxy_pass http://rt;  # nothing behind the name, so that the query stays',
    ],
    haproxy: ['no http-request del-header Last-Event-ID, no http-request set-query'],
    alb: ['forwards both: look at what stands before it (in CloudFront: the AllViewer origin request policy)'],
  },
  query: {
    nginx: ['proxy_pass http://rt;  # nothing behind the name; a rewrite keeps $args'],
    haproxy: ['no http-request set-query or set-uri'],
    alb: ['forwards it: look at what stands before it (in CloudFront: the AllViewer origin request policy)'],
  },
  cache: {
    nginx: ['proxy_cache off;', 'or no proxy_ignore_headers Cache-Control;'],
    haproxy: ['no http-request cache-use here'],
    alb: ['does not cache; in CloudFront: the CachingDisabled policy'],
  },
  idle: {
    app: ['heartbeat: { everyMs: 15_000 }  // shorter than every idle timeout on the way'],
    nginx: ['proxy_read_timeout 60s;'],
    haproxy: ['timeout client 60s', 'timeout server 60s', 'timeout tunnel 60s'],
    alb: ['idle_timeout.timeout_seconds = 60'],
  },
};
