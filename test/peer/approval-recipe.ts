import { ApprovalLinks } from './approval-links.ts';
import { makeCertificate } from './certificate.ts';
import { freeTcpPort } from './free-port.ts';
import { MailServer } from './mail-server.ts';
import { startRecipe, type Recipe, type RecipeOptions } from './recipe.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** A recipe whose users approve on a page, by links that are mailed. */
export interface ApprovalRecipe extends Recipe {
  readonly mail: MailServer;
  readonly links: ApprovalLinks;
}

export async function startApprovalRecipe({ replaced, ...recipe }: RecipeOptions): Promise<ApprovalRecipe> {
  const files = await makeTempDir('approval-recipe');
  const tls = await makeCertificate(files, 'localhost');
  const mail = await MailServer.start(tls);
  const links = new ApprovalLinks(mail, tls.certificate);
  const port = await freeTcpPort('127.0.0.1');
  const { radgate, at, server, stop } = await startRecipe({
    ...recipe,
    replaced: {
      '0.0.0.0:8443': `127.0.0.1:${port}`,
      'https://mfa.corp.example:8443': `https://localhost:${port}`,
      '/etc/radgate/web.pem': tls.certificate,
      '/etc/radgate/web.key': tls.key,
      'server = "mail.corp.example:587"': `server = "localhost:${mail.port}"\nca_file = "${tls.certificate}"`,
      ...replaced,
    },
  });
  return {
    radgate,
    at,
    server,
    mail,
    links,
    stop: async () => {
      await stop();
      await mail.stop();
      await removeTempDir(files);
    },
  };
}
