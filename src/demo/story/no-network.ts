import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

/*
 * Loaded before a program to take its network away: whoever tries to connect, listen or look up a name ends with an error. What verifies
 * under this needs nothing but its files.
 */

const refuse = (): never => {
  throw new Error('This process has no network');
};
net.Socket.prototype.connect = refuse;
net.Server.prototype.listen = refuse;
dgram.Socket.prototype.bind = refuse;
dgram.Socket.prototype.send = refuse;
Object.assign(dns, { lookup: refuse, resolve: refuse });
Object.assign(dns.promises, { lookup: refuse, resolve: refuse });
