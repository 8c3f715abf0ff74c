import { provideProgram } from '../machine/packages.ts';
import { peerFolder, startPeer } from './peer.ts';
import type { Setting, Subject } from './subject.ts';

/** nginx, one worker process, keep-alive to the upstream, no access log. */
export const nginx: Subject = {
  name: 'nginx',
  start(setting) {
    const program = provideProgram('nginx', 'nginx-light', setting.report);
    const folder = peerFolder(setting, 'nginx');
    return startPeer(setting, {
      name: 'nginx',
      command: [program, '-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`],
      files: { 'nginx.conf': configuration(setting) },
    });
  },
};

function configuration({ port, originPort }: Setting): string {
  return `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 16384; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 16m;
  client_body_temp_path client_body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`;
}
