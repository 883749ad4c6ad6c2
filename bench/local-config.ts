/** Of a store without a service: one device, local users. */
export const localConfig = `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:radgate.db"
[[client]]
name = "vpn"
address = "127.0.0.1"
secret = "of-no-use-to-anybody"
[[primary]]
name = "local"
type = "local"
`;
